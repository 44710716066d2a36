"""Sound that comes in and stays: uploads are judged, levelled for horns and kept by their SHA-256."""

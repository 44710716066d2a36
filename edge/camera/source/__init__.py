"""How a picture is got from a camera, whatever kind it is. Runs in the decoding child."""

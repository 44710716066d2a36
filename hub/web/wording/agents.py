"""What browsers call themselves, as people call them. Pure."""

import re

_KNOWN = ("Firefox", "Edg", "OPR", "SamsungBrowser", "CocCoc", "Chrome", "Safari")
_NAMES = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "CocCoc": "Cốc Cốc"}
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")


def name_agent(agent: str) -> str:
    """Short: "Chrome, Android"; empty where it says nothing known."""
    browser = next((name for name in _KNOWN if re.search(rf"\b{name}/", agent)), "")
    system = next((name for name in _SYSTEMS if name in agent), "").replace("Macintosh", "Mac")
    return ", ".join(filter(None, (_NAMES.get(browser, browser), system)))

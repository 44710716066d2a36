"""The eyes: is each camera there, does it send, and does its picture live. Pictures never leave the node."""

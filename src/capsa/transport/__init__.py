"""How bytes travel: one port, its HTTP implementation, and the translation of its errors."""

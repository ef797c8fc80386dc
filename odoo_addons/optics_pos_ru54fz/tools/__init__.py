from . import credential, jose, messages, wire

__all__ = ["credential", "jose", "messages", "wire"]

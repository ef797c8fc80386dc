from . import credential, jose, wire

__all__ = ["credential", "jose", "wire"]

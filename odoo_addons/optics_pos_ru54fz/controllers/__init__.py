from . import kkt

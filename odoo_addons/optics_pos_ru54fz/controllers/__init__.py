from . import electronic_receipt
from . import kkt

from . import electronic_receipt
from . import kkt
from . import service_worker

"""Foreign files brought into a city folder by a mapping, with a receipt."""

from seawall.city.importing.bring import Rejected, import_files
from seawall.city.importing.mapping import Mapping
from seawall.city.importing.reading import read_mapping
from seawall.city.importing.receipt import FileReceipt, Receipt, TableReceipt

__all__ = ["FileReceipt", "Mapping", "Receipt", "Rejected", "TableReceipt", "import_files", "read_mapping"]

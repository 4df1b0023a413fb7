"""Where things lie: in a checkout beside the package, in an installed wheel inside it."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
IS_CHECKOUT = (PACKAGE.parent / "manage.py").is_file()
FILES = PACKAGE.parent if IS_CHECKOUT else PACKAGE / "files"
TEMPLATES, STATIC = FILES / "templates", FILES / "static"
# Data goes into its folder `var`, unless GATEWAY_DASH_DATA_DIR says where.
HOME = PACKAGE.parent if IS_CHECKOUT else Path.home() / ".local" / "share" / "gateway-dash"

"""Settings and URLs. Importing this package puts the SQLite that we trust in place."""

from lianfang.kernel.embedded import use_bundled_sqlite

use_bundled_sqlite()

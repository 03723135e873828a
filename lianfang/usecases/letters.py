"""Letters in the language of whoever reads them, for the use cases that write them."""

from lianfang.accounts.languages import in_language_of, languages_of, speaking

__all__ = ["in_language_of", "languages_of", "speaking"]

"""An origin check for minerals: are these measurements plausible for the mine the papers name?"""

__version__ = "0.1.0"

from . import test_shelf

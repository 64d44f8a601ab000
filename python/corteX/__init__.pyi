from cortex import *

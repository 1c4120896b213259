"""Programs that are stopped within compiled code, and the unwinding of their stacks by tables alone: the parts of tools/check-stepping."""


class Skipped(Exception):
    """This machine cannot do it."""


class Failed(Exception):
    """What was to hold does not."""

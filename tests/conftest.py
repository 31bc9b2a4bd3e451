"""Settings that hold for every test."""

from hypothesis import HealthCheck, settings

# No example fails for being slow: how fast a machine is says nothing of the code.
settings.register_profile("unmask", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unmask")

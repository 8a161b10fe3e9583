"""Whether mail can reach a domain at all: asked of the domain name system, only when the user wants it.

    crmclean.clean("leads.csv", check_mx=MxSettings(cache="mx.json"))

The one part of crmclean that reaches the network. Each domain is asked once, answers are kept on disk for a while, and
what cannot be found out in time is unknown: a slow name server never makes an address wrong.
"""

from crmclean.deliverability.lookup import ACCEPTS, REFUSES, UNKNOWN, MxSettings
from crmclean.deliverability.step import MxStep, with_mx

__all__ = ["ACCEPTS", "REFUSES", "UNKNOWN", "MxSettings", "MxStep", "with_mx"]

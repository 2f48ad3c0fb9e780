"""The faults of the suite at full count: thousands of kills, one page of figures. `script/campaign` runs it overnight.

The suite plays each part a few times (tests/faults/test_campaign.py); what is counted and what must hold is the same.
"""

"""How the shipped drafter is made: data, training, export; needs the extra `train`."""

"""Who the simulated user is: profiles, the preference bank, checkers, the composer of witness replies."""

"""How a person talks: one policy, played exactly by rule or by a model."""

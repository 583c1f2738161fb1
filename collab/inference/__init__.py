"""Talking to models: one request form, one answer form, failures typed once, one retry layer."""

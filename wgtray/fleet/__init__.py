"""The company side: one file in git becomes what engines, helpers and laptops are given."""

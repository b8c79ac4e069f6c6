"""Linux: wg-quick for the interface, ip for routes and rules."""

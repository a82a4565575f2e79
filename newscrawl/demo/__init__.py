"""A small news site of our own, served on loopback: first contact without internet, and the site of the tests."""

"""In-memory fakes of every port, and a wheel maker: public, for the tests of capsa and of others."""

"""One module per duty that crosses rooms: the notice, retold in code. One transaction each."""

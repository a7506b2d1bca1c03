"""Where stages are made: in this process, or in several processes of this machine."""

"""Five questions about zero-shot transfer, each as a study that can be run as it is."""

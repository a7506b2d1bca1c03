"""Perturbed sets as files that outlive the code: records with edit scripts, a manifest, sheets for people to audit."""

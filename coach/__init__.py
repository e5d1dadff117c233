"""Rapport: a chat coach for business relationships across cultures."""

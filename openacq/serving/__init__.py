"""The process round the doors: HTTP connections, proxies, addresses, limits of size and time, what is
told to operators (health, metrics, log lines), starting, several processes, stopping without loss.
"""

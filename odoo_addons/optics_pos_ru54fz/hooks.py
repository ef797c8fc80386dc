def post_init_hook(env):
    """Give the database its own key for the browsers' certificates."""
    env["kkt.signing.key"]._current()

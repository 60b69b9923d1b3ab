"""Who may do what: RBAC as its authorizer reads it (kubernetes/plugin/pkg/auth/authorizer/rbac)."""

SELECT secret FROM secret

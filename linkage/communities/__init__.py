"""From links to communities: components, and cuts inside one where its sides are joined by little."""

def render(found):
    return ""

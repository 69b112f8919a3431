"""Draw all pictures anew."""

from docs.pictures import findings, losses, measures

for module in (findings, losses, measures):
    for draw in module.PICTURES:
        draw()

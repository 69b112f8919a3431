"""Draw all pictures anew."""

from docs.pictures import cuts, findings, losses, measures

for module in (cuts, findings, losses, measures):
    for draw in module.PICTURES:
        draw()

"""Draw all pictures anew."""

from docs.pictures import losses

for draw in losses.PICTURES:
    draw()

#pragma once
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

// Outlines as the font's designer drew them: whole numbers, neither scaled nor hinted.
static const FT_Int32 zoo_ft_load_designed = FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP;

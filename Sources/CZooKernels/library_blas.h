// What library_blas.c tells the other files of this target.
#ifndef LIBRARY_BLAS_H
#define LIBRARY_BLAS_H
#include <stddef.h>

#include "zoo_blas.h"

/// A function of the opened library, or NULL: not opened, or without it.
void *zoo_blas_symbol(const char *name);

#endif

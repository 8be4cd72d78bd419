#pragma once
#define HUGE_VAL __builtin_huge_val()
#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")
#define M_PI 3.14159265358979323846
#define isfinite(x) __builtin_isfinite(x)
#define isnan(x) __builtin_isnan(x)
#define isinf(x) __builtin_isinf(x)
#define signbit(x) __builtin_signbit(x)
double acos(double);
double atan(double);
double atan2(double, double);
double cbrt(double);
double ceil(double);
double copysign(double, double);
double cos(double);
double exp(double);
double exp2(double);
double expm1(double);
double fabs(double);
double floor(double);
double fma(double, double, double);
double fmax(double, double);
double fmin(double, double);
double fmod(double, double);
double frexp(double, int *);
double hypot(double, double);
int ilogb(double);
double ldexp(double, int);
double lgamma(double);
long long llrint(double);
double log(double);
double log10(double);
double log1p(double);
double log2(double);
long double cosl(long double);
long double logl(long double);
long double sinl(long double);
double modf(double, double *);
double nearbyint(double);
double nextafter(double, double);
double pow(double, double);
double rint(double);
double round(double);
double scalbn(double, int);
double sin(double);
double sqrt(double);
double trunc(double);
float fabsf(float);
float ldexpf(float, int);
float rintf(float);
float roundf(float);
float nearbyintf(float);
float sqrtf(float);
float floorf(float);

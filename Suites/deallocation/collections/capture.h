/* Standard output and standard error into a file of their own, and what came there. */
#include <stdio.h>
#include <unistd.h>

static struct {
    FILE *file;
    int out, err;
} captured;

/* 0, or -1 where there is no file. */
static int capture_begin(void)
{
    captured.file = tmpfile();
    if (captured.file == NULL) {
        return -1;
    }
    fflush(stdout);
    captured.out = dup(1);
    captured.err = dup(2);
    dup2(fileno(captured.file), 1);
    dup2(fileno(captured.file), 2);
    return 0;
}

/* How many bytes came, of which the first are in `text`. */
static long capture_end(char *text, size_t size)
{
    fflush(stdout);
    dup2(captured.out, 1);
    dup2(captured.err, 2);
    close(captured.out);
    close(captured.err);
    fseek(captured.file, 0, SEEK_END);
    long count = ftell(captured.file);
    rewind(captured.file);
    size_t read = fread(text, 1, size - 1, captured.file);
    text[read] = 0;
    fclose(captured.file);
    return count;
}

/* What breaks a rule runs in a child process, and here is told how that ended. Plain C, shared by both extensions. */
#ifndef CHILD_H
#define CHILD_H

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Written by the child, read by its parent. */
struct page {
    long began, done; /* the forbidden act: how often it was begun, and came to its end */
    long left;        /* an exception was set when the call that led to the act returned */
};

static struct page *page;
static char child_text[4096];

/* How the children of this process ended: a scenario that is repeated does not ask again. */
static struct remembered {
    char act[32];
    int late, told;
    const char *how;
} remembered[64];

/* The entry of an act; its `how` is NULL at first. NULL if there is no place. */
static struct remembered *remembered_of(const char *act, int late)
{
    for (size_t i = 0; i < sizeof(remembered) / sizeof(*remembered) && strlen(act) < sizeof(remembered->act); i++) {
        if (remembered[i].act[0] == 0) {
            strcpy(remembered[i].act, act);
            remembered[i].late = late;
        }
        if (strcmp(remembered[i].act, act) == 0 && remembered[i].late == late) {
            return &remembered[i];
        }
    }
    return NULL;
}

/* Runs a function in a child process, and says how that ended; NULL if there is no child. What the child writes to the
   standard error is in child_text. */
static const char *in_a_child(void (*function)(void *), void *data)
{
    int ends[2], status = 0;
    if (page == NULL) {
        page = (struct page *)mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    }
    if (page == MAP_FAILED || pipe(ends) < 0) {
        return NULL;
    }
    memset(page, 0, sizeof(*page));
    pid_t child = fork();
    if (child == 0) {
        const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGALRM};
        for (int i = 0; i < 4; i++) {
            signal(signals[i], SIG_DFL);
        }
        dup2(ends[1], 2);
        alarm(4);
        function(data);
        _exit(0);
    }
    close(ends[1]);
    size_t length = 0;
    ssize_t got;
    char rest[512];
    while (child > 0 && (got = read(ends[0], rest, sizeof(rest))) > 0) {
        size_t kept = sizeof(child_text) - 1 - length;
        kept = kept < (size_t)got ? kept : (size_t)got;
        memcpy(child_text + length, rest, kept);
        length += kept;
    }
    child_text[length] = 0;
    close(ends[0]);
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return NULL;
    }
    if (WIFSIGNALED(status)) {
        int number = WTERMSIG(status);
        return number == SIGABRT ? "aborted" : number == SIGALRM ? "hung" : "crashed";
    }
    if (WEXITSTATUS(status) != 0) {
        return "ended";
    }
    if (page->began == 0 || page->done == 0) {
        return page->began == 0 ? "not done" : "broken off";
    }
    return page->left ? "done, exception left" : "done";
}

#endif

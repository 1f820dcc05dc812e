using AgentMesh.Facilitator.Hosting;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Facilitator.Faults;

/// <summary>The faults that tests have asked for, each used up by one call. In memory: a restart forgets them.</summary>
internal sealed class FaultScript(TimeProvider time, IHostApplicationLifetime lifetime)
{
    public const int MaxFaults = 1000;

    private static readonly Refusal Scripted = new(EdgeRefusals.InternalError, "A scripted fault.");

    private readonly Lock _lock = new();
    private Queue<ScriptedFault> _faults = [];

    /// <summary>What is still to come, in order.</summary>
    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (_lock)
                return [.. _faults.Select(fault => fault.Text)];
        }
    }

    /// <summary>Replaces what was to come.</summary>
    public void Set(IEnumerable<ScriptedFault> faults)
    {
        lock (_lock)
            _faults = new Queue<ScriptedFault>(faults);
    }

    /// <summary>Does a call and answers it, with the next fault when that is for calls like this one.</summary>
    public async Task RunAsync(FaultCall call, HttpContext context, Func<Task<byte[]>> act)
    {
        var fault = Take(call);
        if (fault?.Kind is FaultKind.ErrorBefore)
        {
            await Problem.WriteAsync(context, Scripted);
            return;
        }

        if (fault?.Kind is FaultKind.DropConnection)
        {
            context.Abort();
            return;
        }

        if (fault?.Kind is FaultKind.Slow)
            await Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMs), time, context.RequestAborted);
        var answer = await act();
        if (fault?.Kind is FaultKind.Duplicate)
            answer = await act();
        switch (fault?.Kind)
        {
            case FaultKind.ErrorAfter:
                await Problem.WriteAsync(context, Scripted);
                return;
            case FaultKind.DropConnectionAfter:
                context.Abort();
                return;
            case FaultKind.TimeoutAfterSettle:
                await UntilLeftAsync(context);
                return;
            default:
                await JsonBody.WriteAsync(context, answer);
                return;
        }
    }

    private async Task UntilLeftAsync(HttpContext context)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (left.Token.Register(gone.SetResult))
            await gone.Task;
        context.Abort();
    }

    private ScriptedFault? Take(FaultCall call)
    {
        lock (_lock)
            return _faults.TryPeek(out var next) && (next.Call is null || next.Call == call) ? _faults.Dequeue() : null;
    }
}

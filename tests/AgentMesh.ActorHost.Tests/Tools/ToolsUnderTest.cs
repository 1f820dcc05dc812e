using AgentMesh.ActorHost.Responders;
using AgentMesh.ActorHost.Tests.Responders;
using AgentMesh.ActorHost.Tools;
using AgentMesh.ActorHost.Turns;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;
using Microsoft.Extensions.Logging;

namespace AgentMesh.ActorHost.Tests.Tools;

/// <summary>Tools of alice's turn 7, in its second run.</summary>
internal sealed class ToolsUnderTest : ILogger<ToolRun>
{
    private readonly ToolRun _run;

    public ToolsUnderTest(TimeProvider time, params AgentTool[] tools)
        : this(time, _ => { }, tools)
    {
    }

    public ToolsUnderTest(TimeProvider time, Action<TurnOptions> configure, params AgentTool[] tools)
    {
        var options = new TurnOptions();
        configure(options);
        Assert.True(AgentKey.TryParse("default:alice", out var alice));
        _run = new ToolRun(tools, new ToolContext(alice, "s1", "7", 2, time.GetUtcNow().AddMinutes(5)), NoteAsync, options, NoServices.Instance, time, this);
    }

    /// <summary>What the agent was told of calls, in short.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>The note at which the agent says that another run has the turn; 0: at none.</summary>
    public int LostAtNote { get; init; }

    /// <summary>What was logged.</summary>
    public List<string> Log { get; } = [];

    public ResponderRequest Ask() => ResponderUnderTest.Ask() with { Tools = _run };

    private Task<bool> NoteAsync(NoteTool note, CancellationToken cancellationToken)
    {
        Notes.Add($"{note.Turn}/{note.Attempt} {note.Call} {note.Tool} {note.Status}");
        return Task.FromResult(Notes.Count != LostAtNote);
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Log.Add(formatter(state, exception) + exception);

    private sealed class NoServices : IServiceProvider
    {
        public static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}

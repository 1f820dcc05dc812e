using System.Security.Cryptography;
using AgentMesh.Cli.Terminal;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Cli.Tests.Terminal;

/// <summary>A bar for people, and lines for a file.</summary>
public sealed class ProgressBarTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _error.Dispose();

    [Fact]
    public void AtATerminal_ItIsDrawnOver_NotTooOften_AndGoneInTheEnd()
    {
        using (var bar = new ProgressBar(Parts(isTerminal: true), "messages", 2000))
        {
            foreach (var (ms, done) in ((int, int)[])[(199, 100), (1, 1000), (199, 1500), (1, 2000)])
            {
                _time.Advance(TimeSpan.FromMilliseconds(ms));
                bar.Report(done, done == 1000 ? "ten refused" : "");
            }
        }

        var first = "messages [############............]  50 %  1,000 of 2,000  ten refused";
        var second = "messages [########################] 100 %  2,000 of 2,000";
        Assert.Equal($"\r{first}\r{second.PadRight(first.Length)}\r{new string(' ', second.Length)}\r", _error.ToString());
    }

    [Fact]
    public void Elsewhere_ItIsALineNowAndThen()
    {
        using (var bar = new ProgressBar(Parts(isTerminal: false), "messages", 2000))
        {
            for (var seconds = 1; seconds <= 25; seconds++)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                bar.Report(seconds * 10, "x");
            }
        }

        Assert.Equal("messages: 100 of 2,000 x\nmessages: 200 of 2,000 x\n", _error.ToString());
    }

    [Fact]
    public void LongNote_BreaksNoLine()
    {
        using var bar = new ProgressBar(Parts(isTerminal: true), "messages", 0);
        _time.Advance(TimeSpan.FromSeconds(1));
        bar.Report(5, new string('x', 200));
        Assert.Equal(80, _error.ToString().Length);
    }

    private CliParts Parts(bool isTerminal) => new()
    {
        Output = TextWriter.Null,
        Error = _error,
        Input = TextReader.Null,
        IsErrorTerminal = isTerminal,
        TimeProvider = _time,
        Random = RandomNumberGenerator.Create(),
        CurrentFolder = "",
        ProgramFolder = "",
        Home = "",
    };
}

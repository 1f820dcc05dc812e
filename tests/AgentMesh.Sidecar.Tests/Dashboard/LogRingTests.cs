using AgentMesh.Sidecar.Dashboard;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Sidecar.Tests.Dashboard;

public sealed class LogRingTests
{
    private readonly LogRing _ring = new(new FakeTimeProvider());

    [Fact]
    public void Ring_KeepsTheNewest_AndTellsHowManyAReaderMissed()
    {
        _ring.Add("info", "first");
        var (_, last) = _ring.ReadLast(null, "debug", 10);
        for (var line = 0; line < LogRing.Capacity + 2; line++)
            _ring.Add("info", $"line {line}");
        var (page, next) = _ring.Read(last, null, "debug", 3);
        Assert.Equal(2, page.Missed);
        Assert.Equal(["line 2", "line 3", "line 4"], page.Lines.Select(line => line.Text));
        Assert.Equal(LogRing.Capacity, _ring.Read(0, null, "debug", int.MaxValue).Page.Lines.Count);
        Assert.Equal("line 5", _ring.Read(next, null, "debug", 1).Page.Lines[0].Text);
    }

    [Fact]
    public void NumberOfAnEarlierRun_IsTakenForNone()
    {
        _ring.Add("info", "first");
        Assert.Equal("first", Assert.Single(_ring.Read(4711, null, "debug", 10).Page.Lines).Text);
    }

    [Fact]
    public void Filter_IsBySourceAndLowestLevel()
    {
        _ring.Add("warn", "ours");
        _ring.AddOutput("agents", "== APP - agents == fail: broken");
        _ring.AddOutput("agents", "      at the second line");
        _ring.AddOutput("agents", "info: fine");
        _ring.AddOutput("gateway", "warn: slow");
        Assert.Equal(["fail: broken", "      at the second line"], _ring.ReadLast("agents", "warn", 10).Page.Lines.Select(line => line.Text));
        Assert.Equal(["ours"], _ring.ReadLast("", "debug", 10).Page.Lines.Select(line => line.Text));
        Assert.Equal(5, _ring.ReadLast(null, "debug", 10).Page.Lines.Count);
    }

    [Fact]
    public void Line_IsCut_AndShowsNoToken()
    {
        _ring.Hide("s3cret", null, "");
        _ring.AddOutput("a", "token s3cret " + new string('x', LogRing.MaxChars));
        var text = Assert.Single(_ring.ReadLast(null, "debug", 1).Page.Lines).Text;
        Assert.Equal(LogRing.MaxChars + 1, text.Length);
        Assert.StartsWith("token ••••••", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follower_IsWokenByALine()
    {
        var added = _ring.Added;
        Assert.False(added.IsCompleted);
        _ring.Add("info", "x");
        await added.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("fail: X[0]", "error")]
    [InlineData("dbug: X[0]", "debug")]
    [InlineData("""{"Timestamp":"x","LogLevel":"Warning"}""", "warn")]
    [InlineData("[WRN] x", "warn")]
    [InlineData("plain", null)]
    public void Level_IsReadFromTheLine(string line, string? level) => Assert.Equal(level, LogLevels.Of(line));
}

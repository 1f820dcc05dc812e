using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Tests.Launcher;

public sealed class LinePumpTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("one", "> one|")]
    [InlineData("one\ntwo\n", "> one|> two|")]
    [InlineData("one\r\n\r\ntwo", "> one|> |> two|")]
    public async Task Lines_ArePrefixed(string text, string expected) => Assert.Equal(expected, (await PumpAsync(text)).Text);

    [Theory]
    [InlineData(LinePump.MaxLineChars - 1, 1)]
    [InlineData(LinePump.MaxLineChars, 1)]
    [InlineData(LinePump.MaxLineChars + 1, 2)]
    public async Task LongLine_IsCutAtTheLimit(int length, int lines) =>
        Assert.Equal(lines, (await PumpAsync(new string('x', length) + "\n")).Pump.LastLines.Count);

    [Fact]
    public async Task LastLines_AreKept_NoMore()
    {
        var text = string.Join('\n', Enumerable.Range(1, LinePump.LastLineCount + 1));
        var last = (await PumpAsync(text)).Pump.LastLines;
        Assert.Equal(("2", LinePump.LastLineCount), (last[0], last.Count));
    }

    private static async Task<(LinePump Pump, string Text)> PumpAsync(string text)
    {
        var output = new StringWriter { NewLine = "|" };
        var pump = new LinePump("> ", output.WriteLine);
        await pump.RunAsync(new StringReader(text));
        return (pump, output.ToString());
    }
}

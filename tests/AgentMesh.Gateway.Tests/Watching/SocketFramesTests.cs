using System.Net.WebSockets;
using AgentMesh.Gateway.Watching;

namespace AgentMesh.Gateway.Tests.Watching;

/// <summary>RFC 6455, 5.2 and 5.5.1.</summary>
public sealed class SocketFramesTests
{
    [Theory]
    [InlineData(0, new byte[] { 0x81, 0 })]
    [InlineData(125, new byte[] { 0x81, 125 })]
    [InlineData(126, new byte[] { 0x81, 126, 0, 126 })]
    [InlineData(65535, new byte[] { 0x81, 126, 0xff, 0xff })]
    [InlineData(65536, new byte[] { 0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0 })]
    public void Text_HasTheShortestHeader(int length, byte[] header)
    {
        var payload = Enumerable.Repeat((byte)'x', length).ToArray();
        Assert.Equal([.. header, .. payload], SocketFrames.Text(payload));
    }

    [Fact]
    public void Close_HasItsCodeAndReason()
    {
        Assert.Equal([0x88, 4, 0x03, 0xe9, (byte)'n', (byte)'o'], SocketFrames.Close(WebSocketCloseStatus.EndpointUnavailable, "no"));
        Assert.Equal([0x88, 0], SocketFrames.Close(WebSocketCloseStatus.Empty, ""));
    }
}

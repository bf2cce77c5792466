# Trains torch.nn.LSTM and torch.nn.Linear to continue sine waves of any frequency and phase, and saves what
# examples/pytorch-lstm.mjs loads: the weights as PyTorch names them, and what PyTorch itself says about one wave.
# python train.py; needs torch and safetensors. A few seconds.
import json
import torch
from safetensors.torch import save_file

torch.manual_seed(1)
torch.set_num_threads(1)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(input_size=1, hidden_size=16, batch_first=True)
        self.out = torch.nn.Linear(16, 1)

    def forward(self, x):
        return self.out(self.lstm(x)[0])


def waves(count, steps):
    frequency = torch.empty(count, 1).uniform_(0.1, 0.5)
    phase = torch.empty(count, 1).uniform_(0, 6.283)
    return torch.sin(frequency * torch.arange(steps) + phase)[:, :, None]


model = Model()
optimizer = torch.optim.Adam(model.parameters(), 0.01)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 400)
for update in range(400):
    batch = waves(32, 40)
    loss = torch.nn.functional.mse_loss(model(batch[:, :-1])[:, 5:], batch[:, 6:])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()
print(f"loss {loss.item():.2e}")

wave = torch.sin(0.3 * torch.arange(40.0))[None, :, None]
with torch.no_grad():
    said = model(wave)[0, :, 0]
save_file(model.state_dict(), "model.safetensors")
with open("expected.json", "w") as file:
    json.dump({"inputs": wave[0, :, 0].tolist(), "outputs": said.tolist()}, file)
